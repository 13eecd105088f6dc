// Worker thread: windows of a dark-field image.
import { serve } from '../../core/threads.ts';
import { haadfWorker } from '../../simulation/haadf-worker.ts';
import { nodePort } from '../worker-host.ts';

serve(nodePort(), haadfWorker);
