using System.Net;
using Atlas.Core.Configuration;
using Atlas.Core.HighAvailability;

namespace Atlas.Core.Tests.HighAvailability;

public sealed class AnswerTurnsTests
{
    private static readonly DnsNodeConfig[] Three = [Node("a", 1, "10.0.0.1", "::1"), Node("b", 1, "10.0.0.2"), Node("c", 1, "10.0.0.3")];

    [Fact]
    public void CopyTo_TurnAfterTurn_EachComesFirstInItsTurn()
    {
        AnswerTurns turns = AnswerTurns.Of(Three, isIPv6: false, _ => true);

        Answers(turns, 4).ShouldBe(["1 2 3", "2 3 1", "3 1 2", "1 2 3"]);
    }

    [Fact]
    public void CopyTo_LastTurnOfAll_GoesOnFromTheFirst()
    {
        AnswerTurns turns = AnswerTurns.Of(Three, isIPv6: false, _ => true);

        Answer(turns, ulong.MaxValue).Length.ShouldBe(5);
    }

    [Fact]
    public void Of_NodesThatDoNotLive_AreLeftOut()
    {
        Answers(AnswerTurns.Of(Three, isIPv6: false, node => node != "b"), 3).ShouldBe(["1 3", "3 1", "1 3"]);
        Answers(AnswerTurns.Of(Three, isIPv6: false, node => node == "b"), 2).ShouldBe(["2", "2"]);
    }

    [Fact]
    public void Of_NoLivingNode_HasAll() =>
        Answers(AnswerTurns.Of(Three, isIPv6: false, _ => false), 2).ShouldBe(["1 2 3", "2 3 1"]);

    [Theory]
    [InlineData("b", "")]
    [InlineData("a b c", ":1")]
    [InlineData("a", ":1")]
    [InlineData("", ":1")]
    public void Of_FamilyThatNoLivingNodeHas_IsEmptyWhereTheNameHasALivingOne(string living, string expected)
    {
        AnswerTurns turns = AnswerTurns.Of(Three, isIPv6: true, living.Split(' ').Contains);

        Answers(turns, 1).ShouldBe([expected]);
        ReferenceEquals(turns, AnswerTurns.Empty).ShouldBe(expected.Length == 0);
    }

    [Theory]
    [InlineData("a c", "1", "")]
    [InlineData("c", "", ":3")]
    [InlineData("", "1", ":3")]
    public void Of_NodeWithoutWeightAloneInItsFamily_IsNamedWhereTheNameHasNoOther(string living, string ofIPv4, string ofIPv6)
    {
        DnsNodeConfig[] nodes = [Node("a", 1, "10.0.0.1"), Node("c", 0, "::3")];

        Answers(AnswerTurns.Of(nodes, isIPv6: false, living.Split(' ').Contains), 1).ShouldBe([ofIPv4]);
        Answers(AnswerTurns.Of(nodes, isIPv6: true, living.Split(' ').Contains), 1).ShouldBe([ofIPv6]);
    }

    [Fact]
    public void Of_Weights_HaveEachComeFirstAsOftenAsItSays()
    {
        AnswerTurns turns = AnswerTurns.Of([Node("a", 6, "10.0.0.1"), Node("b", 2, "10.0.0.2"), Node("c", 0, "10.0.0.3")], isIPv6: false, _ => true);

        string[] answers = Answers(turns, 8);

        answers.Count(answer => answer == "1 2").ShouldBe(6);
        answers.Count(answer => answer == "2 1").ShouldBe(2);
    }

    [Theory]
    [InlineData("c", "3")]
    [InlineData("a b c", "1 2")]
    [InlineData("b c", "2")]
    [InlineData("", "1 2")]
    public void Of_NodeWithoutWeight_IsNamedWhereNoOtherCanBe(string living, string expected)
    {
        DnsNodeConfig[] nodes = [Node("a", 1, "10.0.0.1"), Node("b", 1, "10.0.0.2"), Node("c", 0, "10.0.0.3")];

        Answers(AnswerTurns.Of(nodes, isIPv6: false, living.Split(' ').Contains), 1).ShouldBe([expected]);
    }

    [Fact]
    public void Of_NodesWithoutWeightAlone_TakeTurns() =>
        Answers(AnswerTurns.Of([Node("a", 0, "10.0.0.1"), Node("b", 0, "10.0.0.2")], isIPv6: false, _ => true), 2).ShouldBe(["1 2", "2 1"]);

    [Fact]
    public void CopyTo_NodeWithSeveralAddresses_ComesFirstAsOftenAsOneWithOne()
    {
        AnswerTurns turns = AnswerTurns.Of([Node("a", 1, "10.0.0.1", "10.0.0.2"), Node("b", 1, "10.0.0.3")], isIPv6: false, _ => true);

        Answers(turns, 4).ShouldBe(["1 2 3", "3 1 2", "2 1 3", "3 2 1"]);
    }

    [Fact]
    public void Of_NoNodes_IsEmpty()
    {
        AnswerTurns turns = AnswerTurns.Of([], isIPv6: false, _ => true);

        turns.Count.ShouldBe(0);
        turns.CopyTo(1, []);
    }

    private static string[] Answers(AnswerTurns turns, int count) => [.. Enumerable.Range(0, count).Select(turn => Answer(turns, (ulong)turn))];

    private static string Answer(AnswerTurns turns, ulong turn)
    {
        byte[][] addresses = new byte[turns.Count][];
        turns.CopyTo(turn, addresses);
        return string.Join(' ', addresses.Select(bytes => new IPAddress(bytes).ToString()[^(bytes.Length == 4 ? 1 : 2)..]));
    }

    private static DnsNodeConfig Node(string name, int weight, params string[] addresses) =>
        new() { Node = name, Weight = weight, Addresses = [.. addresses.Select(IPAddress.Parse)] };
}
