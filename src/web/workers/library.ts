// Worker of a page: shards of a library.
import { serve } from '../../core/threads.ts';
import { shardWorker } from '../../library/shard-job.ts';
import { webPort } from '../worker-port.ts';

serve(webPort(), shardWorker);
