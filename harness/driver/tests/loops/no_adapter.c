/* SPDX-License-Identifier: MIT
 *
 * A library that is no adapter. */
int loopcheck_no_adapter(void);

int loopcheck_no_adapter(void)
{
    return 0;
}
