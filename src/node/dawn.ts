/**
 * WebGPU in Node: the npm package `webgpu` (Dawn).
 *
 * FERROSCOPE_VK_ICD names a Vulkan driver's ICD file (such as SwiftShader's vk_swiftshader_icd.json) to use instead of the system's; a Vulkan loader
 * beside it (libvulkan.so.1, as Chromium ships it) serves where the system has none.
 */

import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fail } from '../core/errors.ts';

/** Keeps a library mapped though Node unloads it at once, since it is no addon. */
const RTLD_NODELETE = 0x1000;

function useDriver(icd: string): void {
  if (!existsSync(icd)) {
    fail('file-missing', `The Vulkan driver ${icd} does not exist.`, 'Correct or unset FERROSCOPE_VK_ICD.');
  }
  // Read by the Vulkan loader when the first adapter is asked for; old loaders know only the second name.
  process.env.VK_DRIVER_FILES = icd;
  process.env.VK_ICD_FILENAMES = icd;
  const loader = join(dirname(icd), 'libvulkan.so.1');
  if (process.platform !== 'linux' || !existsSync(loader)) return;
  try {
    // Dawn asks for libvulkan.so.1 by name and finds it loaded; LD_LIBRARY_PATH would have to be set before Node starts.
    process.dlopen({ exports: {} }, loader, constants.dlopen.RTLD_NOW | RTLD_NODELETE);
  } catch {
    // Always: it is a library, not an addon.
  }
}

/**
 * Dawn's GPU. Its checks of indices and its clearing of workgroup memory are off: no kernel here needs either, and both are paid for in the inner loop.
 * FERROSCOPE_DAWN (as in 'backend=vulkan;enable-dawn-features=…', by semicolons) replaces these options. @throws 'unsupported' without the package
 */
export async function dawnGpu(): Promise<GPU> {
  const icd = process.env.FERROSCOPE_VK_ICD;
  if (icd) useDriver(icd);
  let dawn: { create(options: string[]): GPU };
  try {
    dawn = (await import('webgpu')) as unknown as typeof dawn;
  } catch (error) {
    fail('unsupported', 'WebGPU in Node needs the package webgpu.', 'Run npm install webgpu, or use the CPU engine.', {
      reason: String(error),
    });
  }
  const options = process.env.FERROSCOPE_DAWN ?? 'enable-dawn-features=disable_robustness,disable_workgroup_init';
  return dawn.create(options.split(';').filter((option) => option !== ''));
}
