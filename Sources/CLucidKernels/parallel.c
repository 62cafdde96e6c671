#include <stdatomic.h>

#include "CLucidKernels.h"

// libgomp's own entry points, declared here so that no compiler flag is needed.
extern void GOMP_parallel(void (*body)(void *), void *data, unsigned threads, unsigned flags);
extern int omp_get_thread_num(void);
extern int omp_get_num_threads(void);
extern int omp_get_max_threads(void);
extern int omp_in_parallel(void);
extern void omp_set_num_threads(int count);

typedef struct {
  ptrdiff_t count;
  void (*body)(void *, ptrdiff_t, ptrdiff_t);
  void *context;
} job_t;

static void run_share(void *data) {
  const job_t *job = data;
  ptrdiff_t threads = omp_get_num_threads(), me = omp_get_thread_num();
  ptrdiff_t first = job->count * me / threads, last = job->count * (me + 1) / threads;
  if (first < last) job->body(job->context, first, last);
}

static _Thread_local int is_serial;

void lucid_set_serial(int serial) { is_serial = serial; }

// 0 as long as nobody has asked for a number.
static _Atomic int wanted_threads;
static _Thread_local int adopted_threads;

void lucid_set_thread_count(ptrdiff_t count) { atomic_store_explicit(&wanted_threads, (int)count, memory_order_relaxed); }

void lucid_adopt_thread_count(void) {
  int wanted = atomic_load_explicit(&wanted_threads, memory_order_relaxed);
  if (wanted == adopted_threads) return;
  omp_set_num_threads(wanted);
  adopted_threads = wanted;
}

ptrdiff_t lucid_thread_count(void) {
  if (is_serial || omp_in_parallel()) return 1;
  lucid_adopt_thread_count();
  return omp_get_max_threads();
}

void lucid_parallel_for(ptrdiff_t count, ptrdiff_t grain, void (*body)(void *, ptrdiff_t, ptrdiff_t), void *context) {
  if (count <= 0) return;
  ptrdiff_t threads = lucid_thread_count();
  ptrdiff_t useful = grain > 0 ? (count + grain - 1) / grain : count;
  if (threads > useful) threads = useful;
  if (threads <= 1) {
    body(context, 0, count);
    return;
  }
  job_t job = {count, body, context};
  GOMP_parallel(run_share, &job, (unsigned)threads, 0);
}

typedef struct {
  ptrdiff_t count;
  void (*body)(void *, ptrdiff_t, ptrdiff_t);
  void *context;
} team_t;

static void run_members(void *data) {
  const team_t *team = data;
  // libgomp may give fewer threads than it was asked for: each then stands in for those that are missing.
  ptrdiff_t threads = omp_get_num_threads();
  for (ptrdiff_t member = omp_get_thread_num(); member < team->count; member += threads)
    team->body(team->context, member, team->count);
}

void lucid_parallel_team(ptrdiff_t count, void (*body)(void *, ptrdiff_t, ptrdiff_t), void *context) {
  if (count <= 1) {
    body(context, 0, 1);
    return;
  }
  team_t team = {count, body, context};
  GOMP_parallel(run_members, &team, (unsigned)count, 0);
}
