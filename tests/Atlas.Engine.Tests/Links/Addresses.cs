using System.Net;
using Atlas.Engine.Links;

namespace Atlas.Engine.Tests.Links;

/// <summary>Addresses from text.</summary>
public static class Addresses
{
    public static LinkAddress Of(string text) => LinkAddress.Of(IPAddress.Parse(text));
}
