namespace Atlas.Operating;

/// <summary>How much a terminal shows. One that does not know says 0.</summary>
internal static class Terminal
{
    // Those of the terminals that all others follow.
    private const int DefaultWidth = 80;
    private const int DefaultHeight = 24;

    // Below it nothing makes sense.
    private const int LeastWidth = 20;

    // What goes into a file or to another program is not cut: it may need the whole name of a server.
    private const int NoTerminalWidth = 400;

    internal static int Width => Console.IsOutputRedirected ? NoTerminalWidth
        : Console.WindowWidth <= 0 ? DefaultWidth
        : Math.Max(Console.WindowWidth, LeastWidth);

    internal static int Height => Console.WindowHeight <= 0 ? DefaultHeight : Console.WindowHeight;
}
