/* SPDX-License-Identifier: MIT
 *
 * The faults of every area. */
#include "fault.h"

extern const struct fault lifecycle_faults[];
extern const struct fault lifecycle_close_faults[];
extern const struct fault lifecycle_closed_faults[];
extern const struct fault lifecycle_loops_faults[];
extern const struct fault call_soon_faults[];
extern const struct fault call_soon_cancel_faults[];
extern const struct fault timers_faults[];
extern const struct fault timers_delays_faults[];
extern const struct fault timers_wait_faults[];
extern const struct fault timers_posix_faults[];
extern const struct fault clock_faults[];
extern const struct fault threads_faults[];
extern const struct fault threads_turns_faults[];
extern const struct fault descriptors_faults[];
extern const struct fault descriptors_remove_faults[];
extern const struct fault descriptors_hangup_faults[];
extern const struct fault descriptors_objects_faults[];
extern const struct fault descriptors_numbers_faults[];
extern const struct fault descriptors_shared_faults[];
extern const struct fault descriptors_many_faults[];
extern const struct fault signals_faults[];
extern const struct fault signals_remove_faults[];
extern const struct fault signals_refused_faults[];
extern const struct fault signals_loops_faults[];
extern const struct fault signals_flood_faults[];
extern const struct fault signals_sleep_faults[];
extern const struct fault unix_faults[];
extern const struct fault unix_files_faults[];
extern const struct fault datagrams_faults[];
extern const struct fault datagrams_data_faults[];
extern const struct fault datagrams_flow_faults[];
extern const struct fault pipes_faults[];
extern const struct fault pipes_write_faults[];
extern const struct fault subprocess_faults[];
extern const struct fault subprocess_control_faults[];
extern const struct fault subprocess_start_faults[];
extern const struct fault subprocess_stdio_faults[];
extern const struct fault platform_faults[];
extern const struct fault streams_faults[];
extern const struct fault streams_data_faults[];
extern const struct fault streams_flow_faults[];
extern const struct fault streams_end_faults[];
extern const struct fault streams_server_faults[];
extern const struct fault streams_loop_faults[];

const struct fault *const fault_lists[] = {
    lifecycle_faults,
    lifecycle_close_faults,
    lifecycle_closed_faults,
    lifecycle_loops_faults,
    call_soon_faults,
    call_soon_cancel_faults,
    timers_faults,
    timers_delays_faults,
    timers_wait_faults,
    timers_posix_faults,
    clock_faults,
    threads_faults,
    threads_turns_faults,
    descriptors_faults,
    descriptors_remove_faults,
    descriptors_hangup_faults,
    descriptors_objects_faults,
    descriptors_numbers_faults,
    descriptors_shared_faults,
    descriptors_many_faults,
    signals_faults,
    signals_remove_faults,
    signals_refused_faults,
    signals_loops_faults,
    signals_flood_faults,
    signals_sleep_faults,
    unix_faults,
    unix_files_faults,
    datagrams_faults,
    datagrams_data_faults,
    datagrams_flow_faults,
    pipes_faults,
    pipes_write_faults,
    subprocess_faults,
    subprocess_start_faults,
    subprocess_control_faults,
    subprocess_stdio_faults,
    platform_faults,
    streams_faults,
    streams_data_faults,
    streams_flow_faults,
    streams_end_faults,
    streams_server_faults,
    streams_loop_faults,
    NULL,
};
