// Worker thread: augments the batches of a training.
import { serve } from '../../core/threads.ts';
import { augmentWorker } from '../../network/augment.ts';
import { nodePort } from '../worker-host.ts';

serve(nodePort(), augmentWorker);
