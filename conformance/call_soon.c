/* SPDX-License-Identifier: MIT
 *
 * Callbacks for the next iteration: their order, and what runs between them. */
#include "scene.h"

static void soon(struct check *c, loop_callback callback, void *arg)
{
    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, callback, arg, NULL));
}

/* ---- order */

/* Callbacks with numbers, which are to be called in order. */
struct sequence {
    struct check *check;
    int calls;
    int count;
};

struct numbered {
    struct sequence *sequence;
    int number;
};

static void numbered_call(void *arg)
{
    struct numbered *numbered = arg;
    struct sequence *sequence = numbered->sequence;

    EXPECT_INT(sequence->check, "number of the callback that was called next", numbered->number,
               sequence->calls);
    sequence->calls++;
    if (sequence->calls == sequence->count)
        check_notify(sequence->check);
}

static bool sequence_done(void *arg)
{
    struct sequence *sequence = arg;

    return sequence->calls >= sequence->count;
}

static struct numbered *new_sequence(struct check *c, int count)
{
    struct sequence *sequence = check_alloc(c, sizeof *sequence);
    struct numbered *numbered = check_alloc(c, (size_t)count * sizeof *numbered);

    *sequence = (struct sequence){.check = c, .count = count};
    for (int i = 0; i < count; i++)
        numbered[i] = (struct numbered){.sequence = sequence, .number = i};
    return numbered;
}

static void order(struct check *c)
{
    struct numbered *numbered = new_sequence(c, 1000);

    for (int i = 0; i < 1000; i++)
        soon(c, numbered_call, &numbered[i]);
    RUN_UNTIL(c, sequence_done, numbered->sequence, "a thousand callbacks are called");
}

/* Registers the numbers 100 to 199 from a callback. */
static void register_more(void *arg)
{
    struct numbered *numbered = arg;

    for (int i = 100; i < 200; i++)
        soon(numbered->sequence->check, numbered_call, &numbered[i]);
}

static void order_from_callback(struct check *c)
{
    struct numbered *numbered = new_sequence(c, 200);

    soon(c, register_more, numbered);
    for (int i = 0; i < 100; i++)
        soon(c, numbered_call, &numbered[i]);
    RUN_UNTIL(c, sequence_done, numbered->sequence, "two hundred callbacks are called");
}

static void same_thread_order(struct check *c)
{
    struct numbered *numbered = new_sequence(c, 40);

    for (int i = 0; i < 40; i += 2) {
        soon(c, numbered_call, &numbered[i]);
        NEED_OK(c, "call_soon_threadsafe",
                c->ops->call_soon_threadsafe(c->loop, numbered_call, &numbered[i + 1], NULL));
    }
    RUN_UNTIL(c, sequence_done, numbered->sequence, "forty callbacks are called");
}

/* ---- each once, not at once, with its argument */

static void once(struct check *c)
{
    struct counter *counters = check_alloc(c, 1000 * sizeof *counters);

    for (int i = 0; i < 1000; i++) {
        counters[i] = (struct counter){.check = c, .target = 1};
        soon(c, counter_call, &counters[i]);
    }
    RUN_UNTIL(c, counter_reached, &counters[999], "the last of a thousand callbacks is called");
    RUN_ITERATIONS(c, 5);
    for (int i = 0; i < 1000; i++)
        EXPECT_INT(c, "calls of one of a thousand callbacks", counters[i].calls, 1);
}

static void many(struct check *c)
{
    struct counter *counter = check_alloc(c, sizeof *counter);

    for (int round = 1; round <= 5; round++) {
        *counter = (struct counter){.check = c, .target = 20000};
        for (int i = 0; i < 20000; i++)
            soon(c, counter_call, counter);
        RUN_UNTIL(c, counter_reached, counter, "twenty thousand callbacks are called");
        RUN_ITERATIONS(c, 2);
        EXPECT_INT(c, "calls of twenty thousand callbacks", counter->calls, 20000);
    }
}

/* How deep callbacks run in one another. */
struct nesting {
    struct counter counter;
    int depth;
};

static void nesting_call(void *arg)
{
    struct nesting *nesting = arg;
    struct check *c = nesting->counter.check;

    EXPECT_INT(c, "callbacks under way when one is called", nesting->depth, 0);
    nesting->depth++;
    if (nesting->counter.calls < 3) {
        soon(c, nesting_call, nesting);
        soon(c, nesting_call, nesting);
    }
    nesting->depth--;
    counter_call(&nesting->counter);
}

static void not_at_once(struct check *c)
{
    struct nesting *nesting = check_alloc(c, sizeof *nesting);

    nesting->counter = (struct counter){.check = c, .target = 5};
    soon(c, nesting_call, nesting);
    EXPECT_INT(c, "calls before the loop runs", nesting->counter.calls, 0);
    RUN_UNTIL(c, counter_reached, &nesting->counter, "callbacks that register two others each");
}

static void *expected_argument;
static struct counter *argument_counter;

static void argument_call(void *arg)
{
    EXPECT(argument_counter->check, arg == expected_argument, "argument %p instead of %p", arg,
           expected_argument);
    counter_call(argument_counter);
}

static void argument(struct check *c)
{
    static const uintptr_t values[] = {0, 1, 2, 3, UINTPTR_MAX, UINTPTR_MAX / 2 + 1};

    argument_counter = check_alloc(c, sizeof *argument_counter);
    *argument_counter = (struct counter){.check = c};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        expected_argument = (void *)values[i];
        argument_counter->target++;
        soon(c, argument_call, expected_argument);
        RUN_UNTIL(c, counter_reached, argument_counter, "a callback is called");
    }
}

static void between_runs(struct check *c)
{
    struct counter *counter = check_alloc(c, sizeof *counter);

    *counter = (struct counter){.check = c};
    for (int run = 1; run <= 20; run++) {
        RUN_ITERATIONS(c, 1);
        counter->target = run;
        soon(c, counter_call, counter);
        RUN_UNTIL(c, counter_reached, counter, "what was registered between two runs is called");
    }
}

/* ---- what runs between them: a chain of callbacks, each of which registers the next */

struct chain {
    struct check *check;
    struct counter *awaited;
    int calls;
    int calls_before; /* of the chain, when the awaited callback came */
    void (*start)(struct chain *);
    struct scene_pair pair;
    struct scene_thread *thread;
};

static void awaited_call(void *arg)
{
    struct chain *chain = arg;

    if (chain->awaited->calls == 0)
        chain->calls_before = chain->calls;
    counter_call(chain->awaited);
}

static void chain_call(void *arg)
{
    struct chain *chain = arg;

    if (chain->calls++ == 0)
        chain->start(chain);
    if (chain->awaited->calls == 0)
        soon(chain->check, chain_call, chain);
}

static struct chain *new_chain(struct check *c, void (*start)(struct chain *))
{
    struct chain *chain = check_alloc(c, sizeof *chain);

    *chain = (struct chain){.check = c, .start = start};
    chain->awaited = check_alloc(c, sizeof *chain->awaited);
    *chain->awaited = (struct counter){.check = c, .target = 1};
    return chain;
}

static void make_readable(struct chain *chain)
{
    scene_send(chain->check, chain->pair.peer, "x");
}

static void read_call(void *arg)
{
    struct chain *chain = arg;

    scene_drain(chain->check, chain->pair.end);
    awaited_call(chain);
}

static struct chain *run_chain_with_reader(struct check *c)
{
    struct chain *chain = new_chain(c, make_readable);

    chain->pair = scene_sockets(c);
    NEED_OK(c, "add_reader", c->ops->add_reader(c->loop, chain->pair.end, read_call, chain));
    soon(c, chain_call, chain);
    RUN_UNTIL(c, counter_reached, chain->awaited,
              "the reader of a readable socket is called beside endless callbacks");
    return chain;
}

static void starves_no_reader(struct check *c)
{
    struct chain *chain = run_chain_with_reader(c);

    check_measure(c, "callbacks before the reader", "calls", chain->calls_before);
}

static void set_timer(struct chain *chain)
{
    struct check *c = chain->check;

    NEED_OK(c, "call_later", c->ops->call_later(c->loop, 0, awaited_call, chain, NULL));
}

static void set_later_timer(struct chain *chain)
{
    struct check *c = chain->check;

    NEED_OK(c, "call_later",
            c->ops->call_later(c->loop, MILLISECONDS(20), awaited_call, chain, NULL));
}

static struct chain *run_chain_with_timer(struct check *c, void (*start)(struct chain *))
{
    struct chain *chain = new_chain(c, start);

    soon(c, chain_call, chain);
    RUN_UNTIL(c, counter_reached, chain->awaited, "a timer is called beside endless callbacks");
    return chain;
}

static void starves_no_timer(struct check *c)
{
    run_chain_with_timer(c, set_later_timer);
}

static void post(void *arg)
{
    struct chain *chain = arg;
    struct check *c = chain->check;

    NEED_OK(c, "call_soon_threadsafe",
            c->ops->call_soon_threadsafe(c->loop, awaited_call, chain, NULL));
}

static void start_thread(struct chain *chain)
{
    chain->thread = scene_start(chain->check, post, chain);
}

static void starves_no_wakeup(struct check *c)
{
    struct chain *chain = new_chain(c, start_thread);

    soon(c, chain_call, chain);
    RUN_UNTIL(c, counter_reached, chain->awaited,
              "another thread's callback is called beside endless callbacks");
    scene_join(c, chain->thread);
}

/* The first link makes it due, the second runs in the iteration that finds it so, the third may
 * not come before it. */
static void io_between_iterations(struct check *c)
{
    struct chain *chain = run_chain_with_reader(c);

    EXPECT(c, chain->calls_before <= 2,
           "%d callbacks of a chain ran before the reader of a socket that the first made readable",
           chain->calls_before);
}

static void timers_between_iterations(struct check *c)
{
    struct chain *chain = run_chain_with_timer(c, set_timer);

    EXPECT(c, chain->calls_before <= 2,
           "%d callbacks of a chain ran before a timer that the first set with no delay",
           chain->calls_before);
}

/* ---- no other event is needed */

static void relay_call(void *arg)
{
    struct counter *counter = arg;

    soon(counter->check, counter_call, counter);
}

static struct counter *new_counter(struct check *c)
{
    struct counter *counter = check_alloc(c, sizeof *counter);

    *counter = (struct counter){.check = c, .target = 1};
    return counter;
}

struct relay {
    struct counter *counter;
    struct scene_pair pair;
};

static void reader_relay_call(void *arg)
{
    struct relay *relay = arg;
    struct check *c = relay->counter->check;

    c->ops->remove_reader(c->loop, relay->pair.end);
    relay_call(relay->counter);
}

static void from_reader(struct check *c)
{
    struct relay *relay = check_alloc(c, sizeof *relay);

    *relay = (struct relay){.counter = new_counter(c), .pair = scene_sockets(c)};
    NEED_OK(c, "add_reader",
            c->ops->add_reader(c->loop, relay->pair.end, reader_relay_call, relay));
    scene_send(c, relay->pair.peer, "x");
    RUN_UNTIL(c, counter_reached, relay->counter, "what a reader registers is called");
}

static void from_timer(struct check *c)
{
    struct counter *counter = new_counter(c);

    NEED_OK(c, "call_later",
            c->ops->call_later(c->loop, MILLISECONDS(5), relay_call, counter, NULL));
    RUN_UNTIL(c, counter_reached, counter, "what a timer registers is called");
}

static void post_relay(void *arg)
{
    struct counter *counter = arg;
    struct check *c = counter->check;

    check_block(MILLISECONDS(20));
    NEED_OK(c, "call_soon_threadsafe",
            c->ops->call_soon_threadsafe(c->loop, relay_call, counter, NULL));
}

static void from_wakeup(struct check *c)
{
    struct counter *counter = new_counter(c);
    struct scene_thread *thread = scene_start(c, post_relay, counter);

    RUN_UNTIL(c, counter_reached, counter, "what another thread's callback registers is called");
    scene_join(c, thread);
}

static const struct check_definition definitions[] = {
    {.id = "call_soon.order", .run = order, .rules = {"call_soon.order"}},
    {.id = "call_soon.order-from-callback",
     .run = order_from_callback,
     .rules = {"call_soon.order"}},
    {.id = "call_soon.same-thread-order",
     .run = same_thread_order,
     .rules = {"call_soon.same-thread-order"},
     .needs = {"call_soon_threadsafe"}},
    {.id = "call_soon.once", .run = once, .rules = {"call_soon.once"}},
    {.id = "call_soon.many", .run = many, .rules = {"call_soon.once"}, .flags = CHECK_BUSY},
    {.id = "call_soon.not-at-once", .run = not_at_once, .rules = {"call_soon.not-at-once"}},
    {.id = "call_soon.argument", .run = argument, .rules = {"call_soon.argument"}},
    {.id = "call_soon.between-runs", .run = between_runs, .rules = {"call_soon.between-runs"}},
    {.id = "call_soon.starves-no-reader",
     .run = starves_no_reader,
     .rules = {"call_soon.starves-nothing"},
     .needs = {"add_reader"},
     .flags = CHECK_BUSY},
    {.id = "call_soon.starves-no-timer",
     .run = starves_no_timer,
     .rules = {"call_soon.starves-nothing"},
     .needs = {"call_later"},
     .flags = CHECK_BUSY},
    {.id = "call_soon.starves-no-wakeup",
     .run = starves_no_wakeup,
     .rules = {"call_soon.starves-nothing"},
     .needs = {"call_soon_threadsafe"},
     .flags = CHECK_BUSY},
    {.id = "call_soon.io-between-iterations",
     .run = io_between_iterations,
     .rules = {"call_soon.next-iteration"},
     .needs = {"add_reader"},
     .flags = CHECK_BUSY},
    {.id = "call_soon.timers-between-iterations",
     .run = timers_between_iterations,
     .rules = {"call_soon.next-iteration"},
     .needs = {"call_later"},
     .flags = CHECK_BUSY},
    {.id = "call_soon.from-reader",
     .run = from_reader,
     .rules = {"call_soon.no-event-needed"},
     .needs = {"add_reader", "remove_reader"}},
    {.id = "call_soon.from-timer",
     .run = from_timer,
     .rules = {"call_soon.no-event-needed"},
     .needs = {"call_later"}},
    {.id = "call_soon.from-wakeup",
     .run = from_wakeup,
     .rules = {"call_soon.no-event-needed"},
     .needs = {"call_soon_threadsafe"}},
};

CHECK_AREA(call_soon, definitions);
