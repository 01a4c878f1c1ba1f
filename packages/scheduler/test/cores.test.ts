import { expect, test } from 'vitest';

import { availableCores } from '../src/index.ts';

const cores = (files: Record<string, string>, parallelism = 64) =>
  availableCores({ parallelism, read: (path) => files[path] });

test('without a quota, what the operating system says', () => {
  expect(cores({})).toBe(64);
  expect(cores({ '/sys/fs/cgroup/cpu.max': 'max 100000\n' })).toBe(64);
});

test('a quota of version 2 counts, in the own group or any above it', () => {
  expect(cores({ '/sys/fs/cgroup/cpu.max': '250000 100000\n' })).toBe(2);
  const files = { '/proc/self/cgroup': '0::/system.slice/job.scope\n' };
  expect(cores({ ...files, '/sys/fs/cgroup/system.slice/job.scope/cpu.max': '300000 100000' })).toBe(3);
  expect(cores({ ...files, '/sys/fs/cgroup/system.slice/cpu.max': '400000 100000' })).toBe(4);
});

test('a quota of version 1 counts', () => {
  const files = { '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '200000', '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000' };
  expect(cores(files)).toBe(2);
  expect(cores({ '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1', '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000' })).toBe(
    64,
  );
  const nested = { '/proc/self/cgroup': '4:cpu,cpuacct:/docker/abc\n' };
  expect(
    cores({
      ...nested,
      '/sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us': '500000',
      '/sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_period_us': '100000',
    }),
  ).toBe(5);
});

test('less than one core is still one', () => {
  expect(cores({ '/sys/fs/cgroup/cpu.max': '50000 100000' })).toBe(1);
});

test('a quota never makes cores that are not there', () => {
  expect(cores({ '/sys/fs/cgroup/cpu.max': '800000 100000' }, 2)).toBe(2);
});

test('this machine has at least one', () => {
  expect(availableCores()).toBeGreaterThanOrEqual(1);
});
