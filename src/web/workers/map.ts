// Worker of a page: maps the patterns of a scan. Its name is the folder of ONNX Runtime's files.
import { serve } from '../../core/threads.ts';
import { type MapSettings, mapWorker } from '../../polarization/map-job.ts';
import { webOnnx } from '../onnx.ts';
import { webPort } from '../worker-port.ts';

serve(webPort(), (settings: MapSettings) => mapWorker(settings, webOnnx(self.name)));
