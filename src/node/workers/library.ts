// Worker thread: shards of a library.
import { serve } from '../../core/threads.ts';
import { shardWorker } from '../../library/shard-job.ts';
import { nodePort } from '../worker-host.ts';

serve(nodePort(), shardWorker);
