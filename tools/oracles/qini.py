"""Golden Qini and AUUC of CampaignStatisticsTests: scikit-uplift 0.5's qini_auc_score and uplift_auc_score (negative_effect=True),
written out in NumPy. Run: python3 tools/oracles/qini.py"""
import numpy as np
def order(u): return np.argsort(u, kind='mergesort')[::-1]
def pts(y,u,t,kind):
    o=order(u);y=y[o];t=t[o];u=u[o]
    k=np.r_[np.where(np.diff(u))[0],len(u)-1]
    nt=np.cumsum(t)[k].astype(float); yt=np.cumsum(y*t)[k]; n=k+1.; nc=n-nt; yc=np.cumsum(y*(1-t))[k]
    if kind=='q': c=yt-yc*np.divide(nt,nc,out=np.zeros(len(k)),where=nc!=0)
    else: c=(np.divide(yt,nt,out=np.zeros(len(k)),where=nt!=0)-np.divide(yc,nc,out=np.zeros(len(k)),where=nc!=0))*n
    return np.r_[0,n],np.r_[0,c]
def score(y,u,t,kind):
    x,c=pts(y,u,t,kind); xp,cp=pts(y,y*t-y*(1-t),t,kind); b=xp[-1]*cp[-1]/2
    return (np.trapz(c,x)-b)/(np.trapz(cp,xp)-b)
y=np.array([1,0,1,1,0,0,1,0,1,0.]);t=np.array([1,1,0,1,0,0,0,1,1,0.]);u=np.array([.9,.8,.8,.7,.6,.5,.4,.3,.2,.1])
print(score(y,u,t,'q'),score(y,u,t,'u'))
y2=np.array([3,0,1.5,2,0,0,7,0,1,0.5]); print(score(y2,u,t,'q'),score(y2,u,t,'u'))
