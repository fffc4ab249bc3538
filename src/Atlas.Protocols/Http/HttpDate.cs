namespace Atlas.Protocols.Http;

/// <summary>The preferred date format of HTTP, IMF-fixdate (RFC 9110 5.6.7): <c>Sun, 06 Nov 1994 08:49:37 GMT</c>.</summary>
public static class HttpDate
{
    /// <summary>The length in bytes of every such date.</summary>
    public const int Length = 29;

    /// <summary>The last second that four digits of a year can say: the end of 9999.</summary>
    public const long MaxUnixSeconds = 253_402_300_799;

    private const int SecondsPerDay = 86_400;

    /// <summary>Writes the date and time of a moment in UTC.</summary>
    /// <param name="unixSeconds">
    /// Seconds since 1970 without leap seconds; clamped to 0 to <see cref="MaxUnixSeconds"/>.
    /// </param>
    /// <param name="destination">At least <see cref="Length"/> bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The destination is too short.</exception>
    public static void Write(long unixSeconds, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, Length, nameof(destination));

        unixSeconds = Math.Clamp(unixSeconds, 0, MaxUnixSeconds);
        int days = (int)(unixSeconds / SecondsPerDay);
        int time = (int)(unixSeconds % SecondsPerDay);
        (int year, int month, int day) = CivilFromDays(days);

        // The first of January 1970 was a Thursday.
        "ThuFriSatSunMonTueWed"u8.Slice(days % 7 * 3, 3).CopyTo(destination);
        destination[3] = (byte)',';
        destination[4] = (byte)' ';
        TwoDigits(day, destination[5..]);
        destination[7] = (byte)' ';
        "JanFebMarAprMayJunJulAugSepOctNovDec"u8.Slice((month - 1) * 3, 3).CopyTo(destination[8..]);
        destination[11] = (byte)' ';
        TwoDigits(year / 100, destination[12..]);
        TwoDigits(year % 100, destination[14..]);
        destination[16] = (byte)' ';
        TwoDigits(time / 3600, destination[17..]);
        destination[19] = (byte)':';
        TwoDigits(time / 60 % 60, destination[20..]);
        destination[22] = (byte)':';
        TwoDigits(time % 60, destination[23..]);
        " GMT"u8.CopyTo(destination[25..]);
    }

    // The proleptic Gregorian calendar with years that begin in March, so that the leap day is a year's last: within such a
    // year the months' lengths follow a straight line, (153 m + 2) / 5. A cycle of 400 years has 146,097 days.
    private static (int Year, int Month, int Day) CivilFromDays(int daysSince1970)
    {
        const int daysFromMarchOfYear0 = 719_468;
        const int daysPerCycle = 146_097;

        int days = daysSince1970 + daysFromMarchOfYear0;
        int cycle = days / daysPerCycle;
        int dayOfCycle = days % daysPerCycle;
        int yearOfCycle = (dayOfCycle - (dayOfCycle / 1460) + (dayOfCycle / 36_524) - (dayOfCycle / 146_096)) / 365;
        int dayOfYear = dayOfCycle - ((365 * yearOfCycle) + (yearOfCycle / 4) - (yearOfCycle / 100));
        int monthFromMarch = ((5 * dayOfYear) + 2) / 153;
        int day = dayOfYear - (((153 * monthFromMarch) + 2) / 5) + 1;
        int month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
        int year = yearOfCycle + (cycle * 400) + (month <= 2 ? 1 : 0);
        return (year, month, day);
    }

    private static void TwoDigits(int number, Span<byte> destination)
    {
        destination[1] = (byte)('0' + (number % 10));
        destination[0] = (byte)('0' + (number / 10));
    }
}
