using System.Text;
using Atlas.Proxy.Logging;
using CsCheck;

namespace Atlas.Proxy.Tests.Logging;

public sealed class AccessRingTests
{
    private const int Capacity = 64;

    [Fact]
    public void Ring_AnyLengthsAndTakes_GivesTheSameBytesInOrder() =>
        Gen.Select(Gen.Int[1, 20].Array[1, 200], Gen.Int[0, 40].Array[1, 50]).Sample((lengths, takes) =>
        {
            var ring = new AccessRing(Capacity);
            var sent = new StringBuilder();
            var got = new StringBuilder();
            int turn = 0;
            foreach (int length in lengths)
            {
                Span<byte> room = ring.TryReserve(20);
                if (!room.IsEmpty)
                {
                    string line = new string((char)('a' + (turn % 26)), length - 1) + "\n";
                    Encoding.ASCII.GetBytes(line, room);
                    ring.Commit(length);
                    sent.Append(line);
                }

                Take(takes[turn++ % takes.Length]);
            }

            while (!ring.IsEmpty)
            {
                Take(Capacity);
            }

            got.ToString().ShouldBe(sent.ToString());

            void Take(int most)
            {
                ReadOnlySpan<byte> bytes = ring.Peek();
                bytes = bytes[..Math.Min(most, bytes.Length)];
                got.Append(Encoding.ASCII.GetString(bytes));
                ring.Take(bytes.Length);
            }
        });

    [Fact]
    public void TryReserve_Full_GivesNoRoomUntilSomeIsTaken()
    {
        var ring = new AccessRing(Capacity);
        ring.TryReserve(Capacity).Length.ShouldBe(Capacity);
        ring.Commit(Capacity);

        ring.TryReserve(1).IsEmpty.ShouldBeTrue();
        ring.Peek().Length.ShouldBe(Capacity);
        ring.Take(1);
        ring.TryReserve(1).Length.ShouldBe(1);
    }

    [Fact]
    public void TryReserve_LineWouldCrossTheEnd_BeginsAtTheStart()
    {
        var ring = new AccessRing(Capacity);
        ring.TryReserve(50);
        ring.Commit(50);
        ring.Take(ring.Peek().Length);

        ring.TryReserve(20).Length.ShouldBe(20);
        ring.IsEmpty.ShouldBeTrue();
        ring.Commit(20);

        ring.Peek().Length.ShouldBe(20);
        ring.Take(20);
        ring.IsEmpty.ShouldBeTrue();
    }
}
