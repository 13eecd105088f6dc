// Worker thread: rows of the demo's scan.
import { serve } from '../../core/threads.ts';
import { experimentWorker } from '../../simulation/experiment-worker.ts';
import { nodePort } from '../worker-host.ts';

serve(nodePort(), experimentWorker);
