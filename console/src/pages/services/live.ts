import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { API_BASE } from '../../api/client.ts';

/** Reads the service and its steps again whenever the server says that they changed. */
export function useLiveService(id: string): void {
  const queryClient = useQueryClient();
  useEffect(() => {
    const stream = new EventSource(`${API_BASE}/services/${encodeURIComponent(id)}/stream`);
    const again = () => {
      for (const part of [[], ['steps'], ['mappings'], ['history']]) {
        void queryClient.invalidateQueries({ queryKey: ['service', id, ...part], exact: true });
      }
      void queryClient.invalidateQueries({ queryKey: ['session'] });
    };
    stream.addEventListener('change', again);
    // What happened while the stream was broken was missed.
    stream.addEventListener('open', again);
    return () => stream.close();
  }, [id, queryClient]);
}
