// Worker thread: maps the patterns of a scan.
import { serve } from '../../core/threads.ts';
import { type MapSettings, mapWorker } from '../../polarization/map-job.ts';
import { nodeOnnx } from '../onnx.ts';
import { nodePort } from '../worker-host.ts';

serve(nodePort(), (settings: MapSettings) => mapWorker(settings, nodeOnnx));
