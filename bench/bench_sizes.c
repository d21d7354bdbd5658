/*
 * How does the time of a path query grow with the numbers of sources and targets and with the limit
 * on hops?
 *
 * The question of bench_path, each dimension varied while the others stay: sources 1 to 500,
 * targets 1 to 200, hops 2 to 6. Against the same algorithm on the in-memory twin, which goes up to
 * four hops. Growth with people and ties is seen by running it on graphs of several sizes; see the
 * script `growth`.
 */
#include "path_session.h"

int main(int argc, char **argv)
{
    static const bench_about about = {"sizes",
                                      "How does a path query grow with sources, targets and hops?",
                                      "community-100k", 50};
    static const size_t sources[] = {1, 10, 200, 500};
    static const size_t targets[] = {1, 5, 80, 200};
    bench_options options;
    graph network;
    session it;
    bench_begin(&options, &about, argc, argv);
    graph_open(&options, &network);
    session_begin(&it, &options, &network, network.day);
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
        session_run(&it, sources[i], 20, 4, "");
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++)
        session_run(&it, 50, targets[i], 4, "");
    for (uint32_t hops = 2; hops <= 6; hops++)
        session_run(&it, 50, 20, hops, "");
    session_end(&it);
    graph_close(&network);
    return bench_end(&options);
}
