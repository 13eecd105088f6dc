// Worker of a page: augments the batches of a training.
import { serve } from '../../core/threads.ts';
import { augmentWorker } from '../../network/augment.ts';
import { webPort } from '../worker-port.ts';

serve(webPort(), augmentWorker);
