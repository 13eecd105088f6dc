/** A GPU to compute on, of whatever speaks WebGPU: a page's navigator.gpu, Dawn in Node (`node/gpu.ts`). Not what is computed. */

import { fail } from '../../core/errors.ts';

export interface Gpu {
  readonly device: GPUDevice;
  /** The adapter, in words. */
  readonly name: string;
  /** True for an adapter that computes on the CPU (SwiftShader, llvmpipe). */
  readonly software: boolean;
  readonly timestamps: boolean;
  /** Waits until everything submitted is done. @throws 'unsupported' if the device was lost or refused something since the last call */
  settled(): Promise<void>;
  close(): void;
}

export const GPU_HINT: string =
  'Use the CPU engine, or install a driver with Vulkan, Metal or D3D12 (FERROSCOPE_VK_ICD names the file of a Vulkan driver in an unusual place; a browser needs WebGPU).';

/** Limits worth having as large as the adapter offers them. */
const LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
] as const;

/** @throws 'unsupported' where no GPU can be had */
export async function openGpu(gpu: GPU | undefined): Promise<Gpu> {
  if (!gpu) fail('unsupported', 'There is no WebGPU here.', GPU_HINT);
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) fail('unsupported', 'WebGPU finds no adapter on this machine.', GPU_HINT);
  const { vendor, architecture, description, device: model } = adapter.info;
  const name = [vendor, architecture, description || model].filter((part) => part).join(' ') || 'unnamed adapter';
  const timestamps = adapter.features.has('timestamp-query');
  let device: GPUDevice;
  try {
    device = await adapter.requestDevice({
      requiredFeatures: timestamps ? ['timestamp-query'] : [],
      requiredLimits: Object.fromEntries(LIMITS.map((limit) => [limit, adapter.limits[limit]])),
    });
  } catch (error) {
    fail('unsupported', `The adapter ${name} gives no device.`, GPU_HINT, { reason: String(error) });
  }
  let problem: string | undefined;
  device.addEventListener('uncapturederror', (event) => {
    problem ??= (event as GPUUncapturedErrorEvent).error.message;
  });
  let closed = false;
  device.lost.then((info) => {
    if (!closed) problem ??= `device lost: ${info.message}`;
  });
  return {
    device,
    name,
    // The second: Mesa's llvmpipe. isFallbackAdapter is not everywhere.
    software: /swiftshader|llvmpipe/i.test(name) || adapter.info.isFallbackAdapter === true,
    timestamps,
    async settled() {
      await device.queue.onSubmittedWorkDone();
      if (problem === undefined) return;
      const reason = problem;
      problem = undefined;
      fail('unsupported', `The GPU ${name} gave up: ${reason}`, 'Use fewer waves at once, or the CPU engine.', {
        reason,
      });
    },
    close() {
      closed = true;
      device.destroy();
      // Dawn's instance must outlive its devices.
      void gpu;
    },
  };
}
