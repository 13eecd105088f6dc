// Worker thread: a film of the effective Hamiltonian under one bias.
import { serve } from '../../core/threads.ts';
import { filmWorker } from '../../ferroelectric/film-worker.ts';
import { nodePort } from '../worker-host.ts';

serve(nodePort(), filmWorker);
