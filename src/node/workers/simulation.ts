// Worker thread: units of a simulation, or their slices.
import { serve } from '../../core/threads.ts';
import { unitWorker } from '../../simulation/unit-job.ts';
import { nodePort } from '../worker-host.ts';

serve(nodePort(), unitWorker);
