/** What one state holds: its field (field-findings.ts), and its walls and domains (domain-findings.ts), which are found apart from each other. */

import { type DomainFindings, domainFindings } from './domain-findings.ts';
import { type FieldFindings, fieldFindings } from './field-findings.ts';
import { kindsOf, type StateOptions } from './state-options.ts';
import type { VectorField } from './vector-field.ts';

export interface StateFindings extends FieldFindings {
  readonly domains: DomainFindings;
}

/** @throws 'incomplete' where no position is valid */
export function wallFindings(said: VectorField, options: StateOptions): DomainFindings {
  const stream = options.stream.fork('domains');
  return domainFindings(said, kindsOf(said), { ...options, draws: options.wallDraws, stream });
}

export function joined(fields: FieldFindings, domains: DomainFindings): StateFindings {
  const findings = [...fields.findings, ...domains.paper.findings, ...(domains.merged?.findings ?? [])];
  return { ...fields, domains, findings };
}

/** Both, one after the other; the same as in two threads. @throws 'incomplete' where no position is valid */
export function stateFindings(said: VectorField, options: StateOptions): StateFindings {
  return joined(fieldFindings(said, options), wallFindings(said, options));
}
