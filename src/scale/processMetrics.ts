// The process itself, by the names that Prometheus dashboards know.
import { single, type Family } from './metrics.js';

/** Time and memory of this process. */
export function processFamilies(): Family[] {
  const { user, system } = process.cpuUsage();
  const { rss } = process.memoryUsage();
  return [
    single('process_cpu_seconds_total', 'counter', 'Processor time of this process.', (user + system) / 1e6),
    single('process_resident_memory_bytes', 'gauge', 'Memory of this process.', rss),
    single('process_uptime_seconds', 'gauge', 'Since this process began.', process.uptime()),
  ];
}
