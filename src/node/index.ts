/** What users of the package need of this room (`import … from 'ferroscope/node'`): files, stores, worker threads, HDF5, ONNX Runtime and GPUs of Node. */

export { writeEmd } from './emd.ts';
export { type FigureFileOptions, figurePdf, figurePng, writeFigure } from './figure-files.ts';
export { fileIdentity, readBytes, readText, writeFolderWhole, writeWhole } from './files.ts';
export { folderStore, placeOf } from './folder-store.ts';
export { openHardwareGpu, openNodeGpu } from './gpu.ts';
export { createHdf5, openHdf5 } from './hdf5.ts';
export { nodeOnnx } from './onnx.ts';
export { scanFile } from './scan-file.ts';
export { nodeWorkers } from './worker-host.ts';
