/** What users of the package need of this room (`import … from 'ferroscope/web'`): files, stores, workers, HDF5, ONNX Runtime and GPUs of a page. It needs the package onnxruntime-web. */

export { directoryStore } from './directory-store.ts';
export { openPageGpu } from './gpu.ts';
export { openHdf5 } from './hdf5.ts';
export { webOnnx } from './onnx.ts';
export { fileIdentity, scanFile } from './scan-file.ts';
export { webWorkers } from './worker-host.ts';
