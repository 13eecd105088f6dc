/** The little of WebGPU's bookkeeping that every kernel here needs. */

/** Values of GPUBufferUsage and GPUMapMode, which are globals in browsers only. */
export const USAGE = {
  mapRead: 1,
  copySource: 4,
  copyTarget: 8,
  uniform: 64,
  storage: 128,
  queryResolve: 512,
} as const;
const COMPUTE_STAGE = 4;
const MAP_READ = 1;

/** Distance of entries in a uniform buffer that are chosen by offset [bytes]: the largest that a device may ask for. */
export const ENTRY = 256;

/** A compute pipeline: storage buffers in group 0 (true: written), one uniform entry chosen by offset in group 1 if `uniform`. */
export interface Kernel {
  readonly pipeline: GPUComputePipeline;
  /** Group 0 of these buffers. */
  bind(buffers: readonly GPUBuffer[]): GPUBindGroup;
  /** Group 1: an entry of `bytes` of this buffer, at an offset given with setBindGroup. */
  bindEntry(buffer: GPUBuffer): GPUBindGroup;
}

export function kernel(device: GPUDevice, code: string, written: readonly boolean[], entryBytes = 0): Kernel {
  const buffers = device.createBindGroupLayout({
    entries: written.map((writes, binding) => ({
      binding,
      visibility: COMPUTE_STAGE,
      buffer: { type: writes ? 'storage' : 'read-only-storage' },
    })),
  });
  const entry = device.createBindGroupLayout({
    entries:
      entryBytes > 0
        ? [{ binding: 0, visibility: COMPUTE_STAGE, buffer: { type: 'uniform', hasDynamicOffset: true } }]
        : [],
  });
  return {
    pipeline: device.createComputePipeline({
      layout: device.createPipelineLayout({ bindGroupLayouts: entryBytes > 0 ? [buffers, entry] : [buffers] }),
      compute: { module: device.createShaderModule({ code }), entryPoint: 'main' },
    }),
    bind: (list) =>
      device.createBindGroup({
        layout: buffers,
        entries: list.map((buffer, binding) => ({ binding, resource: { buffer } })),
      }),
    bindEntry: (buffer) =>
      device.createBindGroup({ layout: entry, entries: [{ binding: 0, resource: { buffer, size: entryBytes } }] }),
  };
}

/** A buffer of `size` bytes (at least 16), storage unless said otherwise. */
export function allocate(
  device: GPUDevice,
  size: number,
  usage: number = USAGE.storage | USAGE.copySource | USAGE.copyTarget,
): GPUBuffer {
  return device.createBuffer({ size: Math.max(16, Math.ceil(size / 4) * 4), usage });
}

/** A buffer with the numbers of `data`, in its order; at least 16 bytes. */
export function upload(
  device: GPUDevice,
  data: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>,
  usage: number = USAGE.storage | USAGE.copyTarget,
): GPUBuffer {
  const buffer = allocate(device, data.byteLength, usage);
  if (data.byteLength > 0) device.queue.writeBuffer(buffer, 0, data);
  return buffer;
}

/** Rows of uniform numbers, each an entry. Floats are given as their bits by `floatBits`. */
export function uploadEntries(device: GPUDevice, rows: readonly (readonly number[])[]): GPUBuffer {
  const data = new Uint32Array((rows.length * ENTRY) / 4);
  for (const [i, row] of rows.entries()) data.set(row, (i * ENTRY) / 4);
  return upload(device, data, USAGE.uniform | USAGE.copyTarget);
}

export function floatBits(value: number): number {
  return new Uint32Array(Float32Array.of(value).buffer)[0]!;
}

/** Bytes that one read takes from the device at a time. */
const READ_BYTES = 2 ** 26;

/** Copies `target.length` floats from the start of a buffer. */
export async function readFloats(device: GPUDevice, buffer: GPUBuffer, target: Float32Array): Promise<void> {
  const bytes = target.byteLength;
  const staging = allocate(device, Math.min(bytes, READ_BYTES), USAGE.mapRead | USAGE.copyTarget);
  for (let at = 0; at < bytes; at += READ_BYTES) {
    const size = Math.min(READ_BYTES, bytes - at);
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(buffer, at, staging, 0, size);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(MAP_READ, 0, size);
    target.set(new Float32Array(staging.getMappedRange(0, size)), at / 4);
    staging.unmap();
  }
  staging.destroy();
}
