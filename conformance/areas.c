/* SPDX-License-Identifier: MIT
 *
 * The order of the report. */
#include "check.h"

extern const struct check_area lifecycle_checks;
extern const struct check_area lifecycle_close_checks;
extern const struct check_area lifecycle_closed_checks;
extern const struct check_area lifecycle_loops_checks;
extern const struct check_area lifecycle_open_checks;
extern const struct check_area lifecycle_fork_checks;
extern const struct check_area call_soon_checks;
extern const struct check_area call_soon_cancel_checks;
extern const struct check_area timers_checks;
extern const struct check_area timers_delays_checks;
extern const struct check_area timers_cancel_checks;
extern const struct check_area timers_many_checks;
extern const struct check_area timers_wait_checks;
extern const struct check_area timers_interrupted_checks;
extern const struct check_area clock_checks;
extern const struct check_area clock_windows_checks;
extern const struct check_area threads_checks;
extern const struct check_area threads_flood_checks;
extern const struct check_area threads_races_checks;
extern const struct check_area threads_fork_checks;
extern const struct check_area descriptors_checks;
extern const struct check_area descriptors_remove_checks;
extern const struct check_area descriptors_hangup_checks;
extern const struct check_area descriptors_objects_checks;
extern const struct check_area descriptors_numbers_checks;
extern const struct check_area descriptors_shared_checks;
extern const struct check_area descriptors_many_checks;
extern const struct check_area signals_checks;
extern const struct check_area signals_remove_checks;
extern const struct check_area signals_refused_checks;
extern const struct check_area signals_loops_checks;
extern const struct check_area signals_flood_checks;
extern const struct check_area signals_sleep_checks;
extern const struct check_area pipes_checks;
extern const struct check_area pipes_write_checks;
extern const struct check_area pipes_objects_checks;
extern const struct check_area subprocess_checks;
extern const struct check_area subprocess_stdio_checks;
extern const struct check_area subprocess_child_checks;
extern const struct check_area subprocess_refused_checks;
extern const struct check_area subprocess_control_checks;
extern const struct check_area subprocess_many_checks;
extern const struct check_area unix_checks;
extern const struct check_area unix_data_checks;
extern const struct check_area unix_files_checks;
extern const struct check_area unix_refused_checks;
extern const struct check_area datagrams_checks;
extern const struct check_area datagrams_data_checks;
extern const struct check_area datagrams_flow_checks;
extern const struct check_area datagrams_refused_checks;
extern const struct check_area platform_checks;
extern const struct check_area streams_checks;
extern const struct check_area streams_data_checks;
extern const struct check_area streams_flow_checks;
extern const struct check_area streams_end_checks;
extern const struct check_area streams_inside_checks;
extern const struct check_area streams_server_checks;
extern const struct check_area streams_loop_checks;

const struct check_area *const check_areas[] = {
    &lifecycle_checks,
    &lifecycle_close_checks,
    &lifecycle_closed_checks,
    &lifecycle_loops_checks,
    &lifecycle_open_checks,
    &lifecycle_fork_checks,
    &call_soon_checks,
    &call_soon_cancel_checks,
    &timers_checks,
    &timers_delays_checks,
    &timers_cancel_checks,
    &timers_many_checks,
    &timers_wait_checks,
    &timers_interrupted_checks,
    &clock_checks,
    &clock_windows_checks,
    &threads_checks,
    &threads_flood_checks,
    &threads_races_checks,
    &threads_fork_checks,
    &descriptors_checks,
    &descriptors_remove_checks,
    &descriptors_hangup_checks,
    &descriptors_objects_checks,
    &descriptors_numbers_checks,
    &descriptors_shared_checks,
    &descriptors_many_checks,
    &signals_checks,
    &signals_remove_checks,
    &signals_refused_checks,
    &signals_loops_checks,
    &signals_flood_checks,
    &signals_sleep_checks,
    &streams_checks,
    &streams_data_checks,
    &streams_flow_checks,
    &streams_end_checks,
    &streams_inside_checks,
    &streams_server_checks,
    &streams_loop_checks,
    &unix_checks,
    &unix_data_checks,
    &unix_files_checks,
    &unix_refused_checks,
    &datagrams_checks,
    &datagrams_data_checks,
    &datagrams_flow_checks,
    &datagrams_refused_checks,
    &pipes_checks,
    &pipes_write_checks,
    &pipes_objects_checks,
    &subprocess_checks,
    &subprocess_stdio_checks,
    &subprocess_child_checks,
    &subprocess_refused_checks,
    &subprocess_control_checks,
    &subprocess_many_checks,
    &platform_checks,
    NULL,
};
