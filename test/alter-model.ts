/** A trained model that says something else of itself: models for tests, without training them. Not a test. */

import { type Identity, identify } from '../src/core/identity.ts';
import { openModel } from '../src/network/infer.ts';
import type { ModelInfo } from '../src/network/model-info.ts';
import { nodeOnnx } from '../src/node/onnx.ts';

type Json = Record<string, unknown>;

/** @param change what metadata entries become, by name without 'ferroscope.' */
export function alteredModel(bytes: Uint8Array, change: (says: (name: keyof ModelInfo) => Json) => Json): Uint8Array {
  const model = openModel(bytes, nodeOnnx);
  return model.saying(change((name) => model.info[name] as Json));
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
    const model = says('identity') as unknown as Identity;
    const library = model.inputs.library as Identity;
    const { crystal, microscope } = library.settings as { crystal: Json; microscope: Json };
    const { a_A = crystal.a_A, ...beam } = detector;
    const settings = {
      ...library.settings,
      crystal: { ...crystal, a_A, ...(material !== undefined && { material }) },
      microscope: { ...microscope, ...beam },
    };
    // A model is refused whose library's settings are not those of its hash, or of its detector.
    const { content, name } = library;
    const inputs = { ...model.inputs, library: { ...identify({ ...library, settings }), content, name } };
    const identity = identify({ ...model, inputs });
    const domain = says('domain') as { labels: { name: string; min: number; max: number }[] };
    const labels = domain.labels.map((label) =>
      thickness_nm && label.name === 'thickness' ? { ...label, min: thickness_nm[0], max: thickness_nm[1] } : label,
    );
    return { identity, detector: { ...says('detector'), ...detector }, domain: { ...domain, labels } };
  });
}
