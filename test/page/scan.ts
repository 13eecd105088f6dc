/** What a page, and a worker of it, make of a scan's Blob. */

import { webOnnx } from '../../src/web/onnx.ts';
import { fileIdentity, scanFile } from '../../src/web/scan-file.ts';
import { webWorkers } from '../../src/web/worker-host.ts';
import { type Mapped, mapped, refused } from './study.ts';

export interface ScanInput {
  readonly scan: Blob;
  readonly model: Uint8Array;
}

export interface ScanAnswer {
  readonly map: Mapped;
  readonly refused: readonly string[];
}

export async function answerScan({ scan, model }: ScanInput): Promise<ScanAnswer> {
  const place = { host: webWorkers(), runtime: webOnnx() };
  const damaged = [scan.slice(0, scan.size >> 1), new Blob(['not a scan']), new Blob()];
  return {
    map: await mapped(place, scanFile(scan, 'scan.h5'), await fileIdentity(scan, 'scan.h5'), model),
    refused: await refused(damaged.map((blob, i) => scanFile(blob, `damaged-${i}.h5`))),
  };
}
