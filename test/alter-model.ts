/** A trained model that says something else of itself: models for tests, without training them. Not a test. */

import { decodeModel, encodeModel } from '../src/network/onnx-proto.ts';

type Json = Record<string, unknown>;

/** @param change what metadata entries become, by name without 'ferroscope.'; values are what their JSON holds */
export function alteredModel(bytes: Uint8Array, change: (says: (name: string) => Json) => Json): Uint8Array {
  const proto = decodeModel(bytes);
  const entry = (name: string) => proto.metadataProps.find(({ key }) => key === `ferroscope.${name}`)!;
  const changed = change((name) => JSON.parse(entry(name).value) as Json);
  const metadataProps = proto.metadataProps.map(({ key, value }) => {
    const now = changed[key.replace('ferroscope.', '')];
    return { key, value: now === undefined ? value : JSON.stringify(now) };
  });
  return encodeModel({ ...proto, metadataProps });
}

interface Scope {
  readonly material?: string;
  readonly a_A?: number;
  readonly voltage_kV?: number;
  readonly convergence_mrad?: number;
  readonly thickness_nm?: readonly [number, number];
}

/** The model, said to be for another crystal, beam or thickness. */
export function modelFor(bytes: Uint8Array, scope: Scope): Uint8Array {
  const { material, thickness_nm, ...detector } = scope;
  return alteredModel(bytes, (says) => {
    const identity = structuredClone(says('identity')) as { inputs: { library: { settings: { crystal: Json } } } };
    if (material !== undefined) identity.inputs.library.settings.crystal.material = material;
    const domain = says('domain') as { labels: { name: string; min: number; max: number }[] };
    const labels = domain.labels.map((label) =>
      thickness_nm && label.name === 'thickness' ? { ...label, min: thickness_nm[0], max: thickness_nm[1] } : label,
    );
    return { identity, detector: { ...says('detector'), ...detector }, domain: { ...domain, labels } };
  });
}
