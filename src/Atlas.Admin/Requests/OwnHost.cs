using System.Net;
using Microsoft.AspNetCore.Http;

namespace Atlas.Admin.Requests;

/// <summary>Keeps pages of other origins from changing anything where no token is asked for: a name that was made to resolve to this
/// machine is sent as the host.</summary>
internal static class OwnHost
{
    internal static bool IsAskedBy(HttpRequest request) =>
        string.Equals(request.Host.Host, "localhost", StringComparison.OrdinalIgnoreCase) || IPAddress.TryParse(request.Host.Host, out _);

    internal static Task RefuseAsync(HttpContext context) => Answers.ErrorAsync(
        context, StatusCodes.Status403Forbidden, "without a token, changes are taken only for a host that is an IP address or localhost");
}
