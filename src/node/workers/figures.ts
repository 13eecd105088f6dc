// Worker thread: maps and walls of an analysis, drawn.
import { serve } from '../../core/threads.ts';
import { figureWorker } from '../../figures/analysis-drawn.ts';
import { nodePort } from '../worker-host.ts';

serve(nodePort(), figureWorker);
