using System.Text;
using Atlas.Core.Affinity;

namespace Atlas.Core.Tests.Affinity;

public sealed class ServerIdsTests
{
    private static readonly byte[] Secret = "a secret"u8.ToArray();

    [Fact]
    public void IndexOf_TheIdOfEachServer_IsThatServer()
    {
        var ids = new ServerIds(Secret, "web", ["a", "b", "c"]);

        for (int i = 0; i < 3; i++)
        {
            ids.IndexOf(ids[i]).ShouldBe(i);
        }
    }

    [Fact]
    public void Id_OfAServer_TellsNothingAndFitsACookie()
    {
        string id = Encoding.ASCII.GetString(new ServerIds(Secret, "web", ["10.0.0.1:80"])[0]);

        id.Length.ShouldBe(ServerIds.Length);
        id.ShouldAllBe(c => char.IsAsciiLetterOrDigit(c) || c == '-' || c == '_');
        id.ShouldNotContain("10.0");
    }

    [Fact]
    public void Id_SameSecretAndNames_IsTheSameWhateverTheOrder()
    {
        var here = new ServerIds(Secret, "web", ["a", "b"]);
        var there = new ServerIds(Secret, "web", ["c", "b", "a"]);

        there[2].SequenceEqual(here[0]).ShouldBeTrue();
        there.IndexOf(here[1]).ShouldBe(1);
    }

    [Fact]
    public void IndexOf_AnIdOfAnotherSecretPoolOrServer_IsNone()
    {
        var ids = new ServerIds(Secret, "web", ["a"]);

        ids.IndexOf(new ServerIds("another secret"u8, "web", ["a"])[0]).ShouldBe(-1);
        ids.IndexOf(new ServerIds(Secret, "api", ["a"])[0]).ShouldBe(-1);
        ids.IndexOf(new ServerIds(Secret, "web", ["b"])[0]).ShouldBe(-1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("!!!!!!!!!!!!!!!!!!!!!!")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAA")]
    public void IndexOf_WhatIsNoId_IsNone(string text) =>
        new ServerIds(Secret, "web", ["a"]).IndexOf(Encoding.ASCII.GetBytes(text)).ShouldBe(-1);

    [Fact]
    public void IndexOf_OneCharacterChanged_IsNone()
    {
        var ids = new ServerIds(Secret, "web", ["a"]);
        for (int i = 0; i < ServerIds.Length - 1; i++)
        {
            byte[] changed = ids[0].ToArray();
            changed[i] = changed[i] == (byte)'A' ? (byte)'B' : (byte)'A';

            ids.IndexOf(changed).ShouldBe(-1);
        }
    }

    [Fact]
    public void IndexOf_AnyId_AllocatesNothing()
    {
        var ids = new ServerIds(Secret, "web", ["a", "b"]);

        Allocations.Of(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                ids.IndexOf(ids[1]);
            }
        }).ShouldBe(0);
    }
}
