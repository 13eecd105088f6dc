// Worker thread: runs of molecular dynamics.
import { serve } from '../../core/threads.ts';
import { dynamicsWorker } from '../../ferroelectric/dataset/run-job.ts';
import { nodePort } from '../worker-host.ts';

serve(nodePort(), dynamicsWorker);
