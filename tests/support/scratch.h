/*
 * A directory of its own for each test process.
 *
 * The directory is created under $TMPDIR (else /tmp) when it is first asked for and removed with
 * everything in it by scratch_end(), with which test programs end. A process forked by a test uses
 * its parent's directory and must not remove it. When no directory can be made the test program
 * ends with a message, since nothing it would report could be trusted.
 */
#ifndef TEST_SUPPORT_SCRATCH_H
#define TEST_SUPPORT_SCRATCH_H

/*
 * The path of `name` inside the directory. The text stays valid until eight more calls were made;
 * copy it to keep it longer.
 */
const char *scratch_path(const char *name);

/* Remove the directory, if this process made one. */
void scratch_remove(void);

/* The same at the end of main(). Returns the exit status of a program of which so many tests
 * failed: never that number, of which 77 would say "skipped" and 256 "none". */
int scratch_end(int failed);

#endif
