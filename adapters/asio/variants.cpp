/* SPDX-License-Identifier: MIT
 *
 * The table of Asio's reactors. */
#include "variants.h"

#include <boost/asio/version.hpp>
#include <string>

const struct loop_api *loop_api_v1(void)
{
    static const std::string version = std::to_string(BOOST_ASIO_VERSION / 100000) + "." +
                                       std::to_string(BOOST_ASIO_VERSION / 100 % 1000) + "." +
                                       std::to_string(BOOST_ASIO_VERSION % 100);
    static const struct loop_variant *const variants[] = {asio_epoll(), asio_select()};
    static const struct loop_api api = {sizeof api, LOOP_ABI_VERSION, "asio", version.c_str(), 0,
                                        2,          variants,         0};
    return &api;
}
