/** The GPU of a page. */

import { type Gpu, openGpu } from '../diffraction/gpu/device.ts';

/** @throws 'unsupported' where the browser has no WebGPU, or no GPU for it */
export function openPageGpu(): Promise<Gpu> {
  return openGpu(navigator.gpu);
}
