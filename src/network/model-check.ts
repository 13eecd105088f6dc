/**
 * Whether what a model file says of itself can be true: of its graph, of what it came from, and of one another. A file with a seal was not edited; those of before it,
 * and files that others have edited, would be taken at their word: labels in another order are a wrong map without a word.
 *
 * What this is not: a proof. Numbers that agree with everything else may still be others than were written.
 */

import { fail } from '../core/errors.ts';
import { type Identity, isFile, isUnaltered } from '../core/identity.ts';
import { STORED_LABELS } from '../library/labels.ts';
import { INSTRUMENT } from './instrument.ts';
import { type ModelInfo, networkOf, PREFIX } from './model-info.ts';
import type { ModelProto, ValueInfoProto } from './onnx-proto.ts';
import { trainingOptions } from './options.ts';

type Named = { readonly name: string; readonly unit?: string };

/** @returns components of the latent vectors @throws 'format' naming the entry of the metadata that cannot be */
export function checkModel(info: ModelInfo, { graph }: ModelProto): { readonly latent: number } {
  const { labels, detector, scores, domain, uncertainty, identity } = info;
  const agree = (holds: boolean, key: keyof ModelInfo, why: string): void => {
    if (holds) return;
    fail(
      'format',
      `The model file contradicts itself in '${PREFIX}${key}': ${why}.`,
      'It was edited or is damaged: use the file as `ferroscope train` wrote it, or train the model again.',
      { key },
    );
  };
  const sizeOf = (name: string): number => {
    const size = sizes(graph.output, name)?.[1];
    return size ?? fail('format', `The model file’s graph gives no ${name}.`, HINT, { name });
  };
  const same = (list: readonly Named[]) =>
    list.length === labels.length &&
    list.every(({ name, unit }, i) => name === labels[i]!.name && (unit === undefined || unit === labels[i]!.unit));

  const latent = sizeOf('latent');
  sizeOf('reconstruction');
  agree(identity.kind === 'model', 'identity', `it says that it is a ${identity.kind}`);
  agree(isUnaltered(identity), 'identity', 'its settings are not those that its hash is of');

  agree(sizeOf('labels') === labels.length, 'labels', `${labels.length} for a graph that gives ${sizeOf('labels')}`);
  agree(new Set(labels.map(({ name }) => name)).size === labels.length, 'labels', 'two have one name');
  for (const { name, unit } of labels) {
    const known = STORED_LABELS.find((label) => label.name === name)?.unit ?? unit;
    agree(unit === known, 'labels', `${name} is in ${known}, not in ${unit}`);
  }
  // One that is being made is not scored yet, and has no domain.
  for (const rows of Object.values(scores)) agree((!domain && rows.length === 0) || same(rows), 'scores', NOT_LABELS);

  const [, , height, width] = sizes(graph.input, 'patterns') ?? [];
  agree(
    height === detector.pixels && width === detector.pixels,
    'detector',
    `${detector.pixels} × ${detector.pixels} pixels for a graph that takes ${height} × ${width}`,
  );
  for (const [what, own, made] of detectorOf(identity.inputs.library, detector)) {
    agree(JSON.stringify(own) === JSON.stringify(made), 'detector', `${what} ${own}, of a library of ${made}`);
  }
  const root = graph.node.some(({ opType }) => opType === 'Sqrt');
  agree(root === (info.input === 'sqrt'), 'input', `'${info.input}' for a graph that takes ${root ? 'a' : 'no'} root`);
  const takes = sizes(graph.input, 'domain') !== undefined;
  agree(takes === info.adapts, 'adapts', `${info.adapts} for a graph ${takes ? 'with' : 'without'} a domain`);

  const training = trainingOptions.safeParse(identity.settings.training).data;
  const doses = (of: readonly number[] | null | undefined) => of?.join(' to ') ?? 'no noise';
  agree(
    !training || doses(training.dose_e) === doses(info.dose_e),
    'dose_e',
    `${doses(info.dose_e)} of a training with ${doses(training?.dose_e)}`,
  );
  const varied = info.dose_e !== null && info.dose_e[0] < info.dose_e[1];
  agree(
    varied || !uncertainty?.labels.some(({ by_dose }) => by_dose),
    'uncertainty',
    `σ goes with a dose that the training did not vary (${doses(info.dose_e)})`,
  );
  const network = networkOf(info);
  const states = sizes(graph.output, 'sigma');
  agree(!network || network.input === info.input, 'input', `'${info.input}' of a network of '${network?.input}'`);
  agree(!network || network.latent === latent, 'identity', `${network?.latent} latents for a graph of ${latent}`);
  agree(
    !network || network.variance === (states !== undefined),
    'identity',
    'its variance is not what the graph gives',
  );
  agree(!states || states[1] === labels.length, 'labels', `${labels.length} for a graph that gives ${states?.[1]} σ`);

  if (domain) {
    agree(same(domain.labels), 'domain', NOT_LABELS);
    agree(domain.latent.mean.length === latent, 'domain', `${domain.latent.mean.length} latents for ${latent}`);
    const amplitudes = domain.instrument?.amplitudes.mean.length ?? INSTRUMENT;
    agree(amplitudes === INSTRUMENT, 'domain', `${amplitudes} amplitudes of an instrument for ${INSTRUMENT}`);
  }
  if (uncertainty) {
    agree(same(uncertainty.labels), 'uncertainty', NOT_LABELS);
    agree(
      (uncertainty.sigma === 'network') === (states !== undefined),
      'uncertainty',
      `σ is not of the ${uncertainty.sigma}`,
    );
  }
  return { latent };
}

const HINT = 'Use a model that `ferroscope train` wrote, or copy it again.';
const NOT_LABELS = `its labels are not those of '${PREFIX}labels', in their order`;

/** Of an input or output of a graph; a free one is 0. Undefined where there is none of that name. */
function sizes(list: readonly ValueInfoProto[], of: string): readonly number[] | undefined {
  return list.find(({ name }) => name === of)?.type.tensorType.shape.dim.map(({ dimValue = 0 }) => dimValue);
}

/** What detector and library both state, as far as the library does. */
function detectorOf(
  library: Identity['inputs'][string] | undefined,
  { a_A, zone, pixels, pixelsPerOrder, voltage_kV, convergence_mrad }: ModelInfo['detector'],
): (readonly [what: string, own: unknown, made: unknown])[] {
  if (!library || isFile(library)) return [];
  const part = (name: string) => (library.settings[name] ?? {}) as Record<string, unknown>;
  const [crystal, structures, microscope, made] = ['crystal', 'structures', 'microscope', 'library'].map(part) as [
    Record<string, unknown>,
    Record<string, unknown>,
    Record<string, unknown>,
    Record<string, unknown>,
  ];
  const both: [what: string, own: unknown, made: unknown][] = [
    ['a lattice parameter [Å] of', a_A, crystal.a_A],
    ['a voltage [kV] of', voltage_kV, microscope.voltage_kV],
    ['a convergence [mrad] of', convergence_mrad, microscope.convergence_mrad],
    ['pixels', pixels, made.pixels],
    ['pixels per order', pixelsPerOrder, made.pixels_per_order],
  ];
  // A library that says nothing of its structures says nothing of their zone.
  if (library.settings.structures !== undefined)
    both.push(['the zone', zone ?? [0, 0, 1], structures.zone ?? [0, 0, 1]]);
  return both.filter(([, , stated]) => stated !== undefined);
}
