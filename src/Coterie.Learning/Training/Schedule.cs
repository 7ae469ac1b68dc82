namespace Coterie.Learning.Training;

/// <summary>The learning rate of each step: a straight rise, then half a cosine (Loshchilov and Hutter 2017, "SGDR", one period).</summary>
static class Schedule
{
    /// <param name="step">From 0.</param>
    /// <param name="warmUp">Share of the steps.</param>
    /// <param name="floor">Share of the peak at the end.</param>
    public static double Rate(int step, int steps, double peak, double warmUp, double floor)
    {
        var rising = (int)Math.Ceiling(warmUp * steps);
        if (step < rising) return peak * (step + 1) / rising;
        var done = steps - rising <= 1 ? 1 : Math.Min(1, (double)(step - rising) / (steps - rising - 1));
        return peak * (floor + (1 - floor) * 0.5 * (1 + Math.Cos(Math.PI * done)));
    }
}
