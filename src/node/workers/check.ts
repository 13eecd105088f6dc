// Worker thread: patterns of predicted states, compared with a scan's.
import { serve } from '../../core/threads.ts';
import { checkWorker } from '../../polarization/check-job.ts';
import { nodePort } from '../worker-host.ts';

serve(nodePort(), checkWorker);
