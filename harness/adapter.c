/* SPDX-License-Identifier: MIT */
#include "adapter.h"

#include <string.h>

#include "operations.h"
#include "text.h"

/* A text that can be shown and printed in a table: not empty, one line, printable. */
static bool is_plain(const char *text)
{
    if (text == NULL || *text == '\0' || strlen(text) >= ADAPTER_TEXT)
        return false;
    for (const char *at = text; *at != '\0'; at++) {
        if (*at < 0x20 || *at == 0x7F)
            return false;
    }
    return true;
}

static bool is_name(const char *text)
{
    return is_plain(text) && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789.-") == strlen(text);
}

static bool variant_valid(const struct loop_variant *variant, uint32_t index, char *error,
                          size_t size)
{
    if (variant == NULL) {
        text_print(error, size, "variant %u is NULL", index);
    } else if (variant->size <
               offsetof(struct loop_variant, operations) + sizeof variant->operations) {
        text_print(error, size, "variant %u has size %u, too small for version 1 of the ABI", index,
                   variant->size);
    } else if (!is_name(variant->name)) {
        text_print(error, size, "variant %u has no proper name (lower case, digits, '.' and '-')",
                   index);
    } else if (!is_plain(variant->kind) || !is_plain(variant->selector) ||
               !is_plain(variant->platform) ||
               (variant->platform_version != NULL && !is_plain(variant->platform_version))) {
        text_print(error, size, "variant %s does not say its kind, selector and platform",
                   variant->name);
    } else if (strcmp(variant->kind, "selector") != 0 && strcmp(variant->kind, "proactor") != 0) {
        text_print(error, size, "variant %s is of the kind '%s': neither selector nor proactor",
                   variant->name, variant->kind);
    } else if (variant->operations == NULL) {
        text_print(error, size, "variant %s has no operations", variant->name);
    } else if (operations_missing(variant->operations) != NULL) {
        text_print(error, size, "variant %s lacks the operation %s", variant->name,
                   operations_missing(variant->operations));
    } else {
        return true;
    }
    return false;
}

static bool names_unique(const struct loop_api *api, char *error, size_t size)
{
    for (uint32_t i = 0; i < api->variant_count; i++) {
        for (uint32_t j = 0; j < i; j++) {
            if (strcmp(api->variants[i]->name, api->variants[j]->name) == 0) {
                text_print(error, size, "two variants are named %s", api->variants[i]->name);
                return false;
            }
        }
    }
    return true;
}

bool adapter_valid(const struct loop_api *api, char *error, size_t size)
{
    if (api == NULL) {
        text_print(error, size, "%s() returned NULL", LOOP_API_SYMBOL);
        return false;
    }
    if (api->size < sizeof api->size + sizeof api->abi_version ||
        api->abi_version != LOOP_ABI_VERSION) {
        text_print(error, size, "the loop speaks version %u of the ABI, this program version %u",
                   api->size < sizeof api->size + sizeof api->abi_version ? 0 : api->abi_version,
                   LOOP_ABI_VERSION);
        return false;
    }
    if (api->size < offsetof(struct loop_api, variants) + sizeof api->variants) {
        text_print(error, size, "the loop's table has size %u, too small for version 1 of the ABI",
                   api->size);
        return false;
    }
    if (!is_plain(api->name) || !is_plain(api->version)) {
        text_print(error, size, "the loop does not say its name and version");
        return false;
    }
    if (api->variant_count == 0 || api->variant_count > ADAPTER_VARIANTS || api->variants == NULL) {
        text_print(error, size, "the loop has %u variants, not 1 to %d", api->variant_count,
                   ADAPTER_VARIANTS);
        return false;
    }
    for (uint32_t i = 0; i < api->variant_count; i++) {
        if (!variant_valid(api->variants[i], i, error, size))
            return false;
    }
    return names_unique(api, error, size);
}

uint32_t adapter_profile(const struct loop_api *api)
{
    bool told = api->size >= offsetof(struct loop_api, profile) + sizeof api->profile;
    return told ? api->profile : 0;
}

void adapter_describe(struct adapter *adapter, const struct loop_api *api)
{
    memset(adapter, 0, sizeof *adapter);
    text_copy(adapter->name, ADAPTER_TEXT, api->name);
    text_copy(adapter->version, ADAPTER_TEXT, api->version);
    adapter->flags = api->flags;
    adapter->profile = adapter_profile(api);
    adapter->variant_count = api->variant_count;
    for (uint32_t i = 0; i < api->variant_count; i++) {
        const struct loop_variant *from = api->variants[i];
        struct adapter_variant *to = &adapter->variants[i];
        to->flags = from->flags;
        text_copy(to->name, ADAPTER_TEXT, from->name);
        text_copy(to->kind, ADAPTER_TEXT, from->kind);
        text_copy(to->selector, ADAPTER_TEXT, from->selector);
        text_copy(to->platform, ADAPTER_TEXT, from->platform);
        text_copy(to->platform_version, ADAPTER_TEXT, from->platform_version);
    }
    adapter_settle(adapter);
}

void adapter_settle(struct adapter *adapter)
{
    for (uint32_t i = 0; i < adapter->variant_count; i++) {
        struct adapter_variant *variant = &adapter->variants[i];
        variant->described = (struct loop_variant){
            .size = sizeof variant->described,
            .flags = variant->flags,
            .name = variant->name,
            .kind = variant->kind,
            .selector = variant->selector,
            .platform = variant->platform,
            .platform_version =
                variant->platform_version[0] == '\0' ? NULL : variant->platform_version,
        };
    }
}
