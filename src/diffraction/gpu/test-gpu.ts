/**
 * A GPU for tests: SwiftShader through Dawn, so that it is the same everywhere; FERROSCOPE_TEST_GPU=1 takes the machine's own. Where there is none the test is
 * skipped aloud, or fails if FERROSCOPE_REQUIRE_GPU=1, as in CI.
 */

import { existsSync } from 'node:fs';
import { openNodeGpu } from '../../node/gpu.ts';
import type { Gpu } from './device.ts';

/** Where Chromium's packages put SwiftShader's driver file. */
const ICDS = ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome'].map(
  (folder) => `${folder}/vk_swiftshader_icd.json`,
);

/** undefined where there is none. @throws if there must be one */
export async function openTestGpu(): Promise<Gpu | undefined> {
  if (process.env.FERROSCOPE_TEST_GPU !== '1')
    process.env.FERROSCOPE_VK_ICD ??= ICDS.find((path) => existsSync(path)) ?? '';
  try {
    if (process.env.FERROSCOPE_VK_ICD === '') throw new Error(`SwiftShader is at none of ${ICDS.join(', ')}`);
    return await openNodeGpu();
  } catch (error) {
    if (process.env.FERROSCOPE_REQUIRE_GPU === '1') throw error;
    console.warn(`SKIPPED: the GPU engine, for want of a GPU: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
}
