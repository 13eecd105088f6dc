/** GPUs in Node, through Dawn. */

import { fail } from '../core/errors.ts';
import { GPU_HINT, type Gpu, openGpu } from '../diffraction/gpu/device.ts';
import { dawnGpu } from './dawn.ts';

/** @throws 'unsupported' where no GPU can be had, or without the package webgpu */
export async function openNodeGpu(): Promise<Gpu> {
  return openGpu(await dawnGpu());
}

/**
 * A GPU for long work: an adapter that computes on the CPU is taken only where FERROSCOPE_VK_ICD names its driver, as tests do.
 * @throws 'unsupported' as `openNodeGpu`, and for such an adapter
 */
export async function openHardwareGpu(): Promise<Gpu> {
  const gpu = await openNodeGpu();
  try {
    refuseSoftware(gpu);
  } catch (error) {
    gpu.close();
    throw error;
  }
  return gpu;
}

/** @throws 'unsupported' */
export function refuseSoftware({ name, software }: Pick<Gpu, 'name' | 'software'>): void {
  if (!software || process.env.FERROSCOPE_VK_ICD) return;
  fail('unsupported', `WebGPU finds only ${name}, which computes on the CPU, slower than the CPU engine.`, GPU_HINT, {
    name,
  });
}
