using Atlas.Core.Configuration;

namespace Atlas.Core.Tests.Configuration;

public sealed class ValueTests
{
    [Fact]
    public void ValueList_SameElements_AreEqualInTheSameOrderOnly()
    {
        ValueList<int> list = [1, 2];

        list.ShouldBe([1, 2]);
        list.Equals([1, 2]).ShouldBeTrue();
        list.Equals([2, 1]).ShouldBeFalse();
        list.Equals([1]).ShouldBeFalse();
        list.GetHashCode().ShouldBe(ValueList.Create([1, 2]).GetHashCode());
    }

    [Fact]
    public void ValueList_SourceChangedAfterwards_StaysAsItWas()
    {
        int[] source = [1, 2];
        var list = ValueList.Create<int>(source);

        source[0] = 9;

        list[0].ShouldBe(1);
    }

    [Fact]
    public void ConfigSection_OtherPlaces_AreNoPartOfEquality()
    {
        var source = new SectionSource(new SourcePosition(1, 2), [KeyValuePair.Create("weight", new SourcePosition(1, 9))]);

        new ServerConfig { Name = "a", Source = source }.ShouldBe(new ServerConfig { Name = "a" });
        new ServerConfig { Name = "a", Source = source }.ShouldNotBe(new ServerConfig { Name = "b", Source = source });
    }

    [Fact]
    public void SectionSource_Key_IsWrittenWhereTheFileHasIt()
    {
        var source = new SectionSource(new SourcePosition(1, 2), [KeyValuePair.Create("weight", new SourcePosition(1, 9))]);

        source.IsWritten("weight").ShouldBeTrue();
        source.IsWritten("backup").ShouldBeFalse();
        source.PositionOf("weight").ToString().ShouldBe("1:9");
        source.PositionOf("backup").ToString().ShouldBe("1:2");
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("app-1.internal", true)]
    [InlineData("_http._tcp.example.com", true)]
    [InlineData("1a.2b", true)]
    [InlineData("1.2", false)]
    [InlineData("a.1", false)]
    [InlineData("", false)]
    [InlineData("a.", false)]
    [InlineData(".a", false)]
    [InlineData("a-", false)]
    [InlineData("ä", false)]
    public void HostName_Text_IsNameOrNot(string text, bool isName) => HostName.IsValid(text).ShouldBe(isName);

    [Fact]
    public void HostName_LongestLabelAndName_AreNamesAndOneMoreIsNot()
    {
        string label = new('a', HostName.MaxLabelLength);
        string name = string.Join('.', label, label, label, new string('a', HostName.MaxLength - (3 * (HostName.MaxLabelLength + 1))));

        HostName.IsValid(label).ShouldBeTrue();
        HostName.IsValid(label + "a").ShouldBeFalse();
        HostName.IsValid(name).ShouldBeTrue();
        HostName.IsValid(name + "a").ShouldBeFalse();
    }

    [Theory]
    [InlineData(200, 399, 200, true)]
    [InlineData(200, 399, 399, true)]
    [InlineData(200, 399, 199, false)]
    [InlineData(200, 399, 400, false)]
    public void StatusRange_Status_IsInItWithBothEnds(int first, int last, int status, bool isIn) =>
        new StatusRange(first, last).Contains(status).ShouldBe(isIn);

    [Theory]
    [InlineData(100, 1000, 100, "100/s")]
    [InlineData(600, 60_000, 10, "600/m")]
    [InlineData(3600, 3_600_000, 1, "3600/h")]
    public void Rate_Period_IsPerSecond(int count, int periodMs, double perSecond, string text)
    {
        new Rate(count, periodMs).PerSecond.ShouldBe(perSecond);
        new Rate(count, periodMs).ToString().ShouldBe(text);
    }
}
