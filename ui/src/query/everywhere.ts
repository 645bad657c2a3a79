import { useQueries, useQuery, type UseQueryOptions } from "@tanstack/react-query";
import { datasetsQuery } from "../api/exploreQueries";
import { ALL } from "./question";

export type InDataset<T> = T & { dataset: string };

/**
 * What is kept under `__all__` and under each dataset, as one list: the management API answers a dataset at a time.
 * `error` is set only when nothing at all was answered.
 */
export function useEverywhere<T extends { id: string }>(
  of: (dataset: string) => unknown,
): { items: InDataset<T>[]; pending: boolean; error: Error | null; refetch: () => void } {
  const datasets = useQuery(datasetsQuery());
  const names = [ALL, ...(datasets.data?.datasets.map((one) => one.slug) ?? [])].filter(
    (one, i, all) => all.indexOf(one) === i,
  );
  const answers = useQueries({ queries: names.map((one) => of(one) as UseQueryOptions<T[]>) });
  const seen = new Map<string, InDataset<T>>();
  answers.forEach((answer, i) => {
    for (const item of answer.data ?? []) {
      const own = (item as { dataset_slug?: string }).dataset_slug;
      if (!seen.has(item.id)) seen.set(item.id, { ...item, dataset: own ?? names[i] ?? ALL });
    }
  });
  const whole = answers[0];
  return {
    items: [...seen.values()],
    pending: whole?.isPending ?? true,
    error: whole?.error ?? null,
    refetch: () => void Promise.all(answers.map((one) => one.refetch())),
  };
}
