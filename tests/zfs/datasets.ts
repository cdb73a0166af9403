/**
 * Datasets for the tests.
 *
 * @module
 */
import type { Dataset } from "../../lib/zfs/dataset_list.ts";

/**
 * A file system that is mounted where its name says, and what is different about it.
 *
 * @param name its name
 * @param more what is different
 */
export function dataset(name: string, more: Partial<Dataset> = {}): Dataset {
  return {
    name,
    type: "filesystem",
    canmount: "on",
    mounted: true,
    locked: false,
    reserved: false,
    mountpoint: `/${name}`,
    ...more,
  };
}
