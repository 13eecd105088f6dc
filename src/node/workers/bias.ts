// Worker thread: bands of the scans of a film under bias.
import { serve } from '../../core/threads.ts';
import { bandWorker } from '../../simulation/bias-worker.ts';
import { nodePort } from '../worker-host.ts';

serve(nodePort(), bandWorker);
