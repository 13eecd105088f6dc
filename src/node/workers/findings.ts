// Worker thread: one state of a series of maps.
import { serve } from '../../core/threads.ts';
import { stateWorker } from '../../findings/state-worker.ts';
import { nodePort } from '../worker-host.ts';

serve(nodePort(), stateWorker);
