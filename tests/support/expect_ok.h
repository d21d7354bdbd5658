/*
 * A call that must succeed: EXPECT_OK(wp_commit(txn, &err)) fails the test (cmocka) with the
 * message otherwise. `err` is the macro's own.
 */
#ifndef WARMPATH_TESTS_SUPPORT_EXPECT_OK_H
#define WARMPATH_TESTS_SUPPORT_EXPECT_OK_H

#define EXPECT_OK(call)                                                                            \
    do {                                                                                           \
        wp_error err = {WP_OK, ""};                                                                \
        wp_status status_ = (call);                                                                \
        if (status_ != WP_OK)                                                                      \
            fail_msg("status %d: %s", (int)status_, err.message);                                  \
    } while (0)

#endif
