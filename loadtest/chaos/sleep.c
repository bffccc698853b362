/* Before libfaketime: its own takes an absolute monotonic deadline for one of the faked clock, and every
   time.sleep of Python 3.11 fails with EINVAL (libfaketime 0.9.10, FAKETIME_DONT_FAKE_MONOTONIC). */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *until, struct timespec *left) {
    return syscall(SYS_clock_nanosleep, clock, flags, until, left) ? errno : 0;
}
