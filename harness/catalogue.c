/* SPDX-License-Identifier: MIT */
#include "catalogue.h"

#include <string.h>

#include "text.h"

const struct check_definition *catalogue_check(const struct job *job)
{
    return job->area < 0 ? NULL : &check_areas[job->area]->checks[job->check];
}

const struct fault *catalogue_fault(const char *id)
{
    for (size_t i = 0; fault_lists[i] != NULL; i++) {
        for (const struct fault *fault = fault_lists[i]; fault->id != NULL; fault++) {
            if (strcmp(fault->id, id) == 0)
                return fault;
        }
    }
    return NULL;
}

bool catalogue_has_check(const char *glob)
{
    for (size_t i = 0; check_areas[i] != NULL; i++) {
        for (size_t j = 0; j < check_areas[i]->count; j++) {
            if (text_matches(glob, check_areas[i]->checks[j].id))
                return true;
        }
    }
    return false;
}

/* FNV-1a, so that each check and repetition draws numbers of its own. */
static uint64_t seed_of(uint64_t seed, const char *id, int32_t repetition)
{
    uint64_t hash = UINT64_C(0xCBF29CE484222325);
    for (; *id != '\0'; id++)
        hash = (hash ^ (uint64_t)(unsigned char)*id) * UINT64_C(0x100000001B3);
    return hash ^ seed ^ ((uint64_t)repetition << 48);
}

void catalogue_execution(struct execution *execution, const struct options *options,
                         const struct loop_api *api, const struct job *job)
{
    const struct check_definition *definition = catalogue_check(job);
    *execution = (struct execution){
        .definition = definition,
        .variant = api->variants[job->variant],
        .fault = options->fault == NULL ? NULL : catalogue_fault(options->fault),
        .profile = options_profile(options, adapter_profile(api)),
        .deadline = options->deadline,
        .seed = seed_of(options->seed, definition == NULL ? "" : definition->id, job->repetition),
    };
}
